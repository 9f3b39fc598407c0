# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += man/slipway-completion.1
dist_man_MANS += man/slipway-help.1
dist_man_MANS += man/slipway-pull.1
dist_man_MANS += man/slipway-push.1
dist_man_MANS += man/slipway-version.1
dist_man_MANS += man/slipway.1
dist_man_MANS += man/slipway.conf.5
