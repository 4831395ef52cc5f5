# Alarms, and the topic that they go to.

resource "aws_sns_topic" "this" {
  name              = var.name
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  actions = [aws_sns_topic.this.arn]
  alias   = { FunctionName = var.function, Resource = "${var.function}:${var.function_alias}" }

  function = {
    errors = {
      metric    = "Errors"
      statistic = "Sum"
      threshold = var.error_count
      text      = "Requests end in errors of the function itself; refused input does not count."
    }
    throttles = {
      metric    = "Throttles"
      statistic = "Sum"
      threshold = 0
      text      = "Requests are turned away because too many run at a time."
    }
    duration = {
      metric    = "Duration"
      statistic = "p99"
      threshold = var.duration_ms
      text      = "One request in a hundred takes longer than ${var.duration_ms} ms."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "function" {
  for_each = local.function

  alarm_name          = "${var.name}-function-${each.key}"
  alarm_description   = each.value.text
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = local.alias
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

# Predictions wait: drift checks would judge too few. None at all is no failure.
resource "aws_cloudwatch_metric_alarm" "capture" {
  alarm_name          = "${var.name}-capture-late"
  alarm_description   = "Predictions have waited for more than an hour to be written to the bucket."
  namespace           = "AWS/Firehose"
  metric_name         = "DeliveryToS3.DataFreshness"
  dimensions          = { DeliveryStreamName = var.capture_stream }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3600
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions
}
