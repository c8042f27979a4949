# The commands of every day. Anything longer than a line is a command of `banyan` itself.
.PHONY: help run test soak bench lint doc hooks setup clean
PROFILE = $(if $(RELEASE),--release)

help:    ## this list
	@sed -n 's/^\([a-z]*\): *## /make \1\t/p' Makefile
run:     ## start the sample programme and print its addresses (RELEASE=1: optimised)
	@scripts/setup run && cargo run $(PROFILE) --quiet -- run
test:    ## all tests
	@scripts/setup test && cargo test $(PROFILE)
soak:    ## the same tests with long kill runs, many times over; with STAFF_TOKEN, scripts/schemathesis first
	@test -z "$$STAFF_TOKEN" || scripts/schemathesis
	@scripts/setup test && for n in $$(seq $${N:-10}); do echo "round $$n" && BANYAN_TEST_KILLS=$${KILLS:-200} BANYAN_TEST_LETTERS=$${LETTERS:-4000} cargo test --quiet || exit 1; done
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
