# Lines of requests, answered and refused, in the function's log, as files <prefix>/<model>/date=YYYY-MM-DD/hour=HH/*.jsonl.gz: what drift checks read.

locals {
  folder = "!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}"
}

# Requests that the pipeline makes itself name their purpose and are no traffic.
resource "aws_cloudwatch_log_subscription_filter" "this" {
  name            = "predictions"
  log_group_name  = var.log_group
  filter_pattern  = "{ (($.type = \"prediction\") || ($.type = \"refusal\")) && ($.purpose NOT EXISTS) }"
  destination_arn = aws_kinesis_firehose_delivery_stream.this.arn
  role_arn        = aws_iam_role.logs.arn

  depends_on = [aws_iam_role_policy.logs]
}

resource "aws_kinesis_firehose_delivery_stream" "this" {
  name        = var.name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = var.kms_key_arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = var.bucket_arn
    kms_key_arn         = var.kms_key_arn
    prefix              = "${var.prefix}/${var.model}/date=${local.folder}/"
    error_output_prefix = "${var.prefix}-errors/${var.model}/!{firehose:error-output-type}/date=${local.folder}/"
    file_extension      = ".jsonl.gz"
    compression_format  = "GZIP"
    buffering_interval  = var.buffering_seconds
    buffering_size      = var.buffering_mib

    # Out of the gzipped envelope in which CloudWatch sends them, a line each.
    processing_configuration {
      enabled = true
      processors {
        type = "Decompression"
        parameters {
          parameter_name  = "CompressionFormat"
          parameter_value = "GZIP"
        }
      }
      processors {
        type = "CloudWatchLogProcessing"
        parameters {
          parameter_name  = "DataMessageExtraction"
          parameter_value = "true"
        }
      }
      processors {
        type = "AppendDelimiterToRecord"
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.this.name
      log_stream_name = aws_cloudwatch_log_stream.this.name
    }
  }

  depends_on = [aws_iam_role_policy.firehose]
}

# What Firehose could not deliver, and why.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/kinesisfirehose/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_stream" "this" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.this.name
}
