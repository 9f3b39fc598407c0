# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += contrib/check contrib/quickstart contrib/install-packages \
	contrib/packages contrib/make-base contrib/examples .ci/run
