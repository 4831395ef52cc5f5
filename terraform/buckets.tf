locals {
  bucket_name    = "${var.name}-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.region}"
  capture_prefix = "capture"
  data_prefix    = "data"
}

# Data sets, models, registry, reports, captured predictions.
module "data" {
  source = "./modules/bucket"

  name            = local.bucket_name
  kms_key_arn     = module.key.arn
  log_bucket      = { name = module.logs.name }
  noncurrent_days = 90
  force_destroy   = var.force_destroy
  expirations = merge(
    {
      "${local.capture_prefix}/"        = var.capture.retention_days
      "${local.capture_prefix}-errors/" = 30
    },
    var.report_retention_days == null ? {} : { "reports/" = var.report_retention_days },
  )
}

# Who asked for which object.
module "logs" {
  source = "./modules/bucket"

  name             = "${local.bucket_name}-logs"
  noncurrent_days  = 30
  force_destroy    = var.force_destroy
  expirations      = { "s3/" = var.log_retention_days }
  policy_documents = [data.aws_iam_policy_document.log_delivery.json]
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "log_delivery" {
  statement {
    sid       = "Delivery"
    actions   = ["s3:PutObject"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${local.bucket_name}-logs/s3/*"]
    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}
