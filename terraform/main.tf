# What a model needs on AWS: where it is kept, where it serves, what is captured of its predictions, who works on it.

provider "aws" {
  default_tags {
    tags = merge({ Project = var.name }, var.tags)
  }
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

module "key" {
  source = "./modules/key"

  name                 = var.name
  deletion_window_days = 30
}

module "registry" {
  source = "./modules/registry"

  name          = var.name
  kms_key_arn   = module.key.arn
  kept_images   = 50
  force_destroy = var.force_destroy
}

module "function" {
  source = "./modules/function"

  name                 = local.function_name
  role_prefix          = var.name
  model                = var.model
  alias                = var.function.alias
  memory_mib           = var.function.memory_mib
  timeout_seconds      = var.function.timeout_seconds
  reserved_concurrency = var.function.reserved_concurrency
  capture_inputs       = var.function.capture_inputs
  url_access           = var.function.url_access
  cors                 = var.function.cors
  kms_key_arn          = module.key.arn
  log_retention_days   = var.log_retention_days
}

module "capture" {
  source = "./modules/capture"

  name               = "${var.name}-capture"
  model              = var.model
  log_group          = module.function.log_group
  log_group_arn      = module.function.log_group_arn
  bucket_arn         = module.data.arn
  prefix             = local.capture_prefix
  buffering_seconds  = var.capture.buffering_seconds
  buffering_mib      = var.capture.buffering_mib
  kms_key_arn        = module.key.arn
  log_retention_days = var.log_retention_days
}

module "alarms" {
  source = "./modules/alarms"

  name              = var.name
  emails            = var.alarms.emails
  function          = module.function.name
  function_alias    = var.function.alias
  error_count       = var.alarms.error_count
  duration_ms       = var.alarms.duration_ms
  capture_stream    = module.capture.stream
  cluster           = one(module.workers[*].cluster)
  worker_log_groups = try(module.workers[0].log_groups, {})
  kms_key_arn       = module.key.arn
}

module "access" {
  source = "./modules/access"

  name             = var.name
  deployer_arns    = var.deployer_arns
  github           = var.github
  function_name    = module.function.name
  function_arn     = module.function.arn
  repository_arn   = module.registry.arn
  cluster_arn      = one(module.workers[*].cluster_arn)
  worker_role_arns = try(module.workers[0].role_arns, [])
  data_arn         = "${module.data.arn}/${local.data_prefix}"
  kms_key_arn      = module.key.arn
}
