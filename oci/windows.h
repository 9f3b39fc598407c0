/* SPDX-License-Identifier: Apache-2.0 */
/* windows: layers in the form that Windows reads: the files below Files/, an
 * empty Hives/, and what NTFS wants to know in PAX records (as hcsshim and
 * BuildKit write them). */
#ifndef OCI_WINDOWS_H
#define OCI_WINDOWS_H

#include <stdbool.h>

#include "oci/layer.h"
#include "oci/store.h"
#include "util/buf.h"
#include "util/error.h"

/* A layer of plain files becomes one for Windows. Owners and extended
 * attributes are left behind: everything belongs to the administrators and may
 * be read by users. */
int windows_layer(struct store *s, const struct layer *from, struct layer *ret,
	struct error *err);
/* The self-relative security descriptor of a file or directory
 * ([MS-DTYP] 2.4.6). Adds to `ret`. */
void windows_descriptor(bool is_dir, struct buf *ret);

#endif
