/* SPDX-License-Identifier: Apache-2.0 */
/* http-call: one request under way in libcurl; private to oci/http*.c. */
#ifndef OCI_HTTP_CALL_H
#define OCI_HTTP_CALL_H

#include "oci/http.h"

#define HTTP_CALL_MESSAGE_SIZE 256

/* libcurl's own types are void here: no header of ours shows them. */
struct http_call {
	struct http_call *next;
	void *multi;			/* CURLM, borrowed */
	void *easy;			/* CURL; NULL: nothing is under way */
	struct curl_slist *headers;
	const struct http_request *request;
	http_done done;
	void *context;
	char *url;			/* where it is by now */
	bool elsewhere;			/* redirected to another origin */
	unsigned redirects;
	bool begun;			/* the body of an answer began */
	bool paused;			/* the sink is full */
	bool ended;			/* for libcurl; the sink may lag */
	uint64_t body_sent;
	int result;			/* CURLcode, once it ended */
	struct error sink_error;
	struct http_answer answer;
	char message[HTTP_CALL_MESSAGE_SIZE];
};

/* Send the request to c->url, for the first time or after a redirect. */
void http_call_send(struct http_call *c);
/* libcurl is done with it; the status of the answer is known now. */
void http_call_end(struct http_call *c, int result);
/* The sink has room again. */
void http_call_go_on(struct http_call *c);
/* `c->answer.error` becomes what kept it from a whole answer, and the answer
 * says when to come again and where it came from. */
void http_call_conclude(struct http_call *c);
/* Also what is under way: nobody is told. */
void http_call_free(struct http_call *c);

#endif
