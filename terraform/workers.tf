locals {
  architecture = "ARM64"
  # Workers and what they need come with their image.
  has_workers = var.image_tag != null
  own_network = local.has_workers && var.existing_network == null
  vpc_id      = local.own_network ? one(module.network[*].vpc_id) : try(var.existing_network.vpc_id, null)
  # Bucket and folder of anchors in S3.
  anchor     = try(regex("^s3://(?P<bucket>[^/]+)/?(?P<prefix>.*?)/?$", var.model_log.anchor), null)
  subnet_ids = local.own_network ? one(module.network[*].private_subnet_ids) : try(var.existing_network.private_subnet_ids, [])
}

module "network" {
  source = "./modules/network"
  count  = local.own_network ? 1 : 0

  name                      = var.name
  cidr                      = var.network.cidr
  zones                     = var.network.zones
  nat_gateway               = var.network.nat_gateway
  endpoints                 = var.network.endpoints
  temporal_endpoint_service = var.network.temporal_endpoint_service
  kms_key_arn               = module.key.arn
  log_retention_days        = var.log_retention_days
}

module "workers" {
  source = "./modules/workers"
  count  = local.has_workers ? 1 : 0

  name                            = var.name
  workers                         = var.workers
  image                           = "${module.registry.url}:${var.image_tag}"
  architecture                    = local.architecture
  repository_arn                  = module.registry.arn
  environment                     = local.worker_environment
  secrets                         = local.worker_secrets
  secret_key_arns                 = var.secret_key_arns
  codec_key_arns                  = var.codec_kms_key_arns
  metrics_port                    = var.worker_settings.metrics_port
  metrics_from_security_group_ids = var.worker_settings.metrics_from_security_group_ids
  health_port                     = 8081
  shutdown_grace_seconds          = var.worker_settings.shutdown_grace_seconds
  vpc_id                          = local.vpc_id
  subnet_ids                      = local.subnet_ids
  bucket_arn                      = module.data.arn
  dataset_arns                    = var.dataset_arns
  log_key_arn                     = var.model_log.kms_key_arn
  anchor                          = local.anchor
  deploy_policy                   = module.access.deploy_policy
  kms_key_arn                     = module.key.arn
  log_retention_days              = var.log_retention_days

  egress_ports = merge(
    { https = { cidr = "0.0.0.0/0", port = 443 } },
    { for port in setsubtract([local.temporal_port], [443]) : "temporal" => { cidr = var.temporal.cidr, port = port } },
    { for port in setsubtract(var.worker_settings.egress_ports, [443, local.temporal_port]) : "port-${port}" => { cidr = "0.0.0.0/0", port = port } },
  )
}

module "mlflow" {
  source = "./modules/mlflow"
  count  = local.has_workers && var.mlflow != null ? 1 : 0

  name                     = "${var.name}-mlflow"
  image                    = "${module.mlflow_registry[0].url}:${var.mlflow.image_tag}"
  repository_arn           = module.mlflow_registry[0].arn
  architecture             = local.architecture
  cpu                      = var.mlflow.cpu
  memory_mib               = var.mlflow.memory_mib
  instance_class           = var.mlflow.instance_class
  multi_az                 = var.mlflow.multi_az
  certificate_arn          = var.mlflow.certificate_arn
  host_name                = var.mlflow.host_name
  client_cidrs             = var.mlflow.client_cidrs
  cluster_arn              = module.workers[0].cluster_arn
  vpc_id                   = local.vpc_id
  subnet_ids               = local.subnet_ids
  client_security_group_id = module.workers[0].security_group_id
  bucket                   = module.data.name
  bucket_arn               = module.data.arn
  prefix                   = "mlflow"
  deletion_protection      = var.deletion_protection
  kms_key_arn              = module.key.arn
  log_retention_days       = var.log_retention_days
}

module "mlflow_registry" {
  source = "./modules/registry"
  count  = var.mlflow == null ? 0 : 1

  name          = "${var.name}-mlflow"
  kms_key_arn   = module.key.arn
  kept_images   = 10
  force_destroy = var.force_destroy
}
