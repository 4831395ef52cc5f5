# The settings of workers and client by the names that they read.

locals {
  function_name = coalesce(var.function.name, var.model)
  temporal_port = tonumber(reverse(split(":", var.temporal.address))[0])

  # What a client outside needs too, to see and send the same as the workers; it signs in to Temporal with a key of its own.
  client_environment = merge(
    {
      AWS_REGION         = data.aws_region.current.region
      MLOPS_STORAGE      = "s3://${module.data.name}"
      MLOPS_CAPTURE      = "s3://${module.data.name}/${local.capture_prefix}"
      MLOPS_S3_KMS_KEY   = module.key.arn
      MLOPS_DEPLOY_TO    = "aws"
      MLOPS_TASK_QUEUE   = var.name
      TEMPORAL_ADDRESS   = var.temporal.address
      TEMPORAL_NAMESPACE = var.temporal.namespace
    },
    var.temporal.tls ? { TEMPORAL_TLS = "true" } : {},
    var.temporal.server_name == null ? {} : { TEMPORAL_TLS_SERVER_NAME = var.temporal.server_name },
    var.temporal.ui == null ? {} : { MLOPS_UI = var.temporal.ui },
    # Encrypted by KMS, so no secret.
    length(var.codec_kms_keys) == 0 ? {} : { MLOPS_CODEC_KMS_KEYS = join(",", var.codec_kms_keys) },
    var.codec_required ? { MLOPS_CODEC_REQUIRED = "true" } : {},
    # The client checks the logs it reads, signs what it appends, and looks at the same anchors.
    var.model_log.kms_key_arn == null ? {} : { MLOPS_LOG_KMS_KEY = var.model_log.kms_key_arn },
    length(var.model_log.trusted) == 0 ? {} : { MLOPS_LOG_TRUST = join(",", var.model_log.trusted) },
    var.model_log.anchor == null ? {} : {
      MLOPS_ANCHOR      = var.model_log.anchor
      MLOPS_ANCHOR_DAYS = tostring(var.model_log.anchor_days)
    },
    # Inside the network: from elsewhere a command says that it does not answer, which is better than an empty registry.
    { for uri in module.mlflow[*].tracking_uri : "MLFLOW_TRACKING_URI" => uri },
  )

  worker_environment = merge(
    local.client_environment,
    {
      LOG_FORMAT  = "json"
      LOG_LEVEL   = var.worker_settings.log_level
      MLOPS_SLOTS = var.worker_settings.slots

      MLOPS_DOWNLOAD_MAX_MIB = tostring(var.downloads.max_mib)
      MLOPS_DOWNLOAD_IDLE    = tostring(var.downloads.idle_seconds)
    },
    length(var.downloads.hosts) == 0 ? {} : { MLOPS_DOWNLOAD_HOSTS = join(",", var.downloads.hosts) },
    length(var.identity_accounts) == 0 ? {} : { MLOPS_IDENTITY_ACCOUNTS = join(",", var.identity_accounts) },
    var.worker_settings.otlp_endpoint == null ? {} : {
      OTEL_EXPORTER_OTLP_ENDPOINT = var.worker_settings.otlp_endpoint
      OTEL_SERVICE_NAME           = var.name
    },
    var.worker_settings.metrics_port == null ? {} : { MLOPS_METRICS_PORT = tostring(var.worker_settings.metrics_port) },
    var.worker_settings.evidently_url == null ? {} : { EVIDENTLY_URL = var.worker_settings.evidently_url },
  )

  # ARNs alone: ECS hands the values over when a task starts, so that they are in no state and no definition.
  worker_secrets = { for name, arn in {
    TEMPORAL_API_KEY                 = var.temporal.api_key_secret_arn
    TEMPORAL_TLS_CLIENT_CERT_DATA    = var.temporal.client_certificate_secret_arn
    TEMPORAL_TLS_CLIENT_KEY_DATA     = var.temporal.client_key_secret_arn
    TEMPORAL_TLS_SERVER_CA_CERT_DATA = var.temporal.server_ca_secret_arn
    MLOPS_CODEC_KEYS                 = var.worker_secrets.codec_keys
    MLOPS_ALERT_WEBHOOK              = var.worker_secrets.alert_webhook
    MLOPS_ALERT_SECRET               = var.worker_secrets.alert_secret
    EVIDENTLY_SECRET                 = var.worker_secrets.evidently
  } : name => arn if arn != null }

  # Those that the client needs too, from whoever runs it.
  client_secrets = [for name in keys(local.worker_secrets) : name if startswith(name, "TEMPORAL_") || name == "MLOPS_CODEC_KEYS"]
}
