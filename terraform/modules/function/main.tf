# The function that serves a model. Terraform owns it, the pipeline owns its code and which version is live: it publishes
# versions and moves the alias.

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_115:A reservation takes from the whole account's concurrency, so it is made on request (reserved_concurrency)
  #checkov:skip=CKV_AWS_116:Callers wait for answers; nothing is queued that could become a dead letter
  #checkov:skip=CKV_AWS_117:The function calls nothing, so it needs no network of ours
  #checkov:skip=CKV_AWS_173:Its variables are a switch and names of web pages, no secrets
  #checkov:skip=CKV_AWS_272:The pipeline publishes by the hash of the code, and the handler checks the hash of its model
  function_name                  = var.name
  description                    = "Predictions of model ${var.model}"
  role                           = aws_iam_role.this.arn
  runtime                        = "nodejs22.x"
  architectures                  = ["arm64"]
  handler                        = "index.handler"
  filename                       = "${path.module}/placeholder.zip"
  publish                        = true
  memory_size                    = var.memory_mib
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = merge(
      { CAPTURE_INPUTS = var.capture_inputs ? "on" : "off" },
      # For front doors that leave the answer to the function, like a load balancer; as the pipeline would write it.
      var.cors == null ? {} : { CORS = jsonencode({
        allowOrigins  = var.cors.allow_origins
        allowHeaders  = var.cors.allow_headers
        maxAgeSeconds = var.cors.max_age_seconds
      }) },
    )
  }

  tracing_config {
    mode = "Active"
  }

  # The capture reads lines as the handler writes them; the JSON format would wrap them.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  lifecycle {
    ignore_changes = [filename, source_code_hash]
  }
}

resource "aws_lambda_alias" "this" {
  name             = var.alias
  description      = "The version that callers get; the pipeline moves it"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    ignore_changes = [description, function_version, routing_config]
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}
