/* SPDX-License-Identifier: Apache-2.0 */
/* signal-name: the signals STOPSIGNAL may name (moby/sys/signal). */
#ifndef BUILDER_SIGNAL_NAME_H
#define BUILDER_SIGNAL_NAME_H

#include "util/error.h"

/* "TERM", "sigterm", "RTMIN+3", "RTMAX-2" or a number from 1 to 64; -EINVAL,
 * ERROR_REQUEST for others. */
int signal_name_check(const char *text, struct error *err);

#endif
