.PHONY: help deploy_local down_local deploy_aws destroy_aws

help: ## what there is
	@grep -E '^[a-z_]+: ##' Makefile | sed 's/: ## /	/'

deploy_local: ## the whole stack in containers, with a trained and deployed model
	@node ops/make/local.mjs

down_local: ## end the stack, keep its volumes
	@node ops/make/down-local.mjs

deploy_aws: ## plan, ask, apply, push the image, run the pipeline on AWS; CONFIRM=yes does not ask
	@node ops/make/aws.mjs

destroy_aws: ## ask, then remove what deploy_aws made
	@node ops/make/destroy-aws.mjs
