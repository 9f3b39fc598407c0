# SPDX-License-Identifier: Apache-2.0
# Unit tests are named in the local.mk of the folder they test, as
# check_PROGRAMS += tests/FOLDER/NOUN (its source is tests/FOLDER/NOUN.c).
if HAVE_CMOCKA
LDADD += $(CMOCKA_LIBS)
endif

# For contrib/check, which runs and counts the tests itself.
programs-for-tests: $(check_PROGRAMS)
list-unit-tests:
	@echo $(check_PROGRAMS)

# For tests/fuzz/run: everything the targets may need, without the programs.
FUZZ_ARCHIVES = librunner.a libbuilder.a libocinet.a liboci.a libsandbox.a libutil.a
fuzz-archives: $(BUILT_SOURCES) $(FUZZ_ARCHIVES)
print-fuzz-link:
	@echo $(FUZZ_ARCHIVES) $(JANSSON_LIBS) $(CRYPTO_LIBS) $(ZSTD_LIBS) \
		$(DEFLATE_LIBS) $(ZLIB_LIBS) $(YAML_LIBS) \
		$(SQLITE_LIBS)

.PHONY: programs-for-tests list-unit-tests fuzz-archives \
	print-fuzz-link

EXTRA_DIST += tests/lib tests/cmd tests/dockerfile tests/flow tests/task \
	tests/tidy tests/fuzz tests/bench
