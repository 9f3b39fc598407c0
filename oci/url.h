/* SPDX-License-Identifier: Apache-2.0 */
/* url: http and https addresses as registries hand them out (RFC 3986). */
#ifndef OCI_URL_H
#define OCI_URL_H

#include <stdbool.h>

/* `reference` (a Location) as seen from the absolute `base`: absolute,
 * "//host/x", "/x", "?q" or "x". NULL for other schemes, for user names inside
 * it, and for control bytes or blanks. Yours. */
char *url_resolve(const char *base, const char *reference);
/* "https://host:port" with the port filled in and the host in lower case, NULL
 * when `url` is no http or https address. Yours. */
char *url_origin(const char *url);
/* Same scheme, host and port? No for what is no address. */
bool url_same_origin(const char *one, const char *other);
bool url_is_https(const char *url);
/* Without its query, for messages: presigned queries are secrets. Yours. */
char *url_without_query(const char *url);
/* All but unreserved characters percent-encoded. Yours. */
char *url_escape(const char *text);
/* "%41" becomes "A"; what is no such escape, or would be a NUL, stays. Yours. */
char *url_unescape(const char *text);
/* `url` with "name=value" appended to its query, value escaped. Yours. */
char *url_add_query(const char *url, const char *name, const char *value);

#endif
