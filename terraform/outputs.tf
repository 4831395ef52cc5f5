output "repository_url" {
  description = "Repository of the workers' image; make deploy_aws pushes there."
  value       = module.registry.url
}

output "mlflow_repository_url" {
  description = "Repository of MLflow's image; null without MLflow."
  value       = one(module.mlflow_registry[*].url)
}

output "mlflow_image" {
  description = "MLflow's image, which make deploy_aws pushes; null without MLflow."
  value       = one([for registry in module.mlflow_registry : "${registry.url}:${var.mlflow.image_tag}"])
}

output "mlflow_load_balancer" {
  description = "DNS name that mlflow.host_name must point to; null without MLflow."
  value       = one(module.mlflow[*].load_balancer_dns_name)
}

output "client_secrets" {
  description = "Secrets that the client needs besides, by the names of its settings."
  value       = local.client_secrets
}

output "data_uri" {
  description = "Folder for data sets."
  value       = "s3://${module.data.name}/${local.data_prefix}"
}

output "mlops_environment" {
  description = "Environment of the client for these workers; the key for Temporal is your own."
  value       = local.client_environment

  precondition {
    condition     = length(var.codec_kms_keys) == 0 || var.worker_secrets.codec_keys == null
    error_message = "codec_kms_keys and worker_secrets.codec_keys are both given: workers take all keys of the codec from one of them."
  }
  precondition {
    condition     = !var.codec_required || length(var.codec_kms_keys) > 0 || var.worker_secrets.codec_keys != null
    error_message = "codec_required is true, but there is no key: give codec_kms_keys or worker_secrets.codec_keys."
  }
}

output "function_name" {
  description = "Name of the function: deployment.functionName of the definition, unless it is the model's."
  value       = module.function.name
}

output "function_url" {
  description = "Address of the live model."
  value       = module.function.url
}

output "alarm_topic_arn" {
  description = "Topic that gets the alarms."
  value       = module.alarms.topic_arn
}

output "mlflow_tracking_uri" {
  description = "Address of MLflow, inside the network; null without MLflow."
  value       = one(module.mlflow[*].tracking_uri)
}

output "temporal_endpoint" {
  description = "DNS name of the endpoint of Temporal in the network; null without one."
  value       = one(module.network[*].temporal_endpoint)
}

output "deployer_role_arn" {
  description = "Role for moving versions by hand; null without one."
  value       = module.access.deployer_role_arn
}

output "github_role_arn" {
  description = "Role of GitHub Actions; null without one."
  value       = module.access.github_role_arn
}
