# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += contrib/check contrib/quickstart contrib/install-packages \
	contrib/packages contrib/make-base contrib/examples contrib/az-acr .ci/run

# Completion, by the program itself from its option tables.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_bashcompletion_DATA = contrib/completion/slipway
nodist_zshcompletion_DATA = contrib/completion/_slipway
nodist_fishcompletion_DATA = contrib/completion/slipway.fish
COMPLETION = $(nodist_bashcompletion_DATA) $(nodist_zshcompletion_DATA) \
	$(nodist_fishcompletion_DATA)
CLEANFILES += $(COMPLETION)

COMPLETE = $(AM_V_GEN)$(MKDIR_P) contrib/completion && ./slipway completion
contrib/completion/slipway: slipway$(EXEEXT)
	$(COMPLETE) bash >$@.tmp && mv $@.tmp $@
contrib/completion/_slipway: slipway$(EXEEXT)
	$(COMPLETE) zsh >$@.tmp && mv $@.tmp $@
contrib/completion/slipway.fish: slipway$(EXEEXT)
	$(COMPLETE) fish >$@.tmp && mv $@.tmp $@
