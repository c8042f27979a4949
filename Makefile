# The commands of every day. Anything longer than a line is a command of `banyan` itself.
.PHONY: help run test soak bench lint doc hooks setup clean
PROFILE = $(if $(RELEASE),--release)

help:    ## this list
	@sed -n 's/^\([a-z]*\): *## /make \1\t/p' Makefile
run:     ## start the sample programme and print its addresses (RELEASE=1: optimised)
	@scripts/setup run && cargo run $(PROFILE) --quiet -- run
test:    ## all tests
	@scripts/setup test && cargo test $(PROFILE)
soak:    ## the same tests with the full numbers of every promise, for a night (SHARE=0.1: a tenth; ONLY=offers)
	@scripts/setup test && BANYAN_SOAK=1 BANYAN_SOAK_SHARE=$(or $(SHARE),1) cargo test $(PROFILE) --test it -- $(ONLY)
	@$(if $(ONLY),:,scripts/schemathesis)
bench:   ## measure pages, mail, import and export (QUICK=1: shorter)
	@scripts/setup run && cargo bench --bench house $(if $(QUICK),-- --quick)
lint:    ## formatting and clippy, as CI wants them
	@cargo fmt --check && cargo clippy --all-targets -- -D warnings
doc:     ## the code's own documentation, in target/doc
	@RUSTDOCFLAGS="-D warnings" cargo doc --no-deps
hooks:   ## lint before every commit
	@printf '#!/bin/sh\nexec make lint\n' > "$$(git rev-parse --git-path hooks)/pre-commit" && chmod +x "$$(git rev-parse --git-path hooks)/pre-commit"
setup:   ## install what is missing on Debian and Ubuntu
	@scripts/setup test
clean:   ## remove what was built (never data)
	@cargo clean
