/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/http.h"

#include <string.h>

#include "util/mem.h"

#define HEADERS_MAX 64
#define HEADER_SIZE_MAX KiB(16)
#define ANSWER_MAX KiB(64)

void
http_request_init(struct http_request *q, const char *method, char *url)
{
	*q = (struct http_request){ .method = method, .url = url,
		.body_fd = -1, .answer_max = ANSWER_MAX };
}

void
http_request_release(struct http_request *q)
{
	strv_release(&q->headers);
	if (q->authorization)
		explicit_bzero(q->authorization, strlen(q->authorization));
	free(q->authorization);
	free(q->url);
	if (q->text)
		explicit_bzero(q->text, strlen(q->text));
	free(q->text);
	*q = (struct http_request){ .body_fd = -1 };
}

const char *
http_answer_header(const struct http_answer *a, const char *name)
{
	return strv_env_get(&a->headers, name);
}

void
http_answer_release(struct http_answer *a)
{
	error_release(&a->error);
	strv_release(&a->headers);
	buf_release(&a->body);
	free(a->url);
	*a = (struct http_answer){ 0 };
}

static char *
trimmed(const char *text, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", text[len - 1]))
		len--;
	while (len > 0 && strchr(" \t", *text)) {
		text++;
		len--;
	}
	return mem_strndup(text, len);
}

void
http_answer_add_header(struct http_answer *a, const char *data, size_t len)
{
	struct strv *headers = &a->headers;
	const char *colon = memchr(data, ':', len);
	autofree char *name = NULL;
	autofree char *value = NULL;

	if (!colon || len > HEADER_SIZE_MAX || headers->count >= HEADERS_MAX)
		return;
	name = trimmed(data, colon - data);
	value = trimmed(colon + 1, len - (colon + 1 - data));
	for (char *c = name; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	strv_addf(headers, "%s=%s", name, value);
}
