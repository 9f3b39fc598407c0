# SPDX-License-Identifier: Apache-2.0
# Unit tests are named in the local.mk of the folder they test, as
# check_PROGRAMS += tests/FOLDER/NOUN (its source is tests/FOLDER/NOUN.c).
if HAVE_CMOCKA
LDADD += $(CMOCKA_LIBS)
endif
