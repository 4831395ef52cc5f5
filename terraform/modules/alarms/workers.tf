# A service without a worker says nothing, hence silence is a failure here.
resource "aws_cloudwatch_metric_alarm" "worker" {
  for_each = var.worker_log_groups

  alarm_name          = "${var.name}-worker-${each.key}-down"
  alarm_description   = "No ${each.key} worker runs: runs of the pipeline wait."
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  dimensions          = { ClusterName = var.cluster, ServiceName = each.key }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "breaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

locals {
  # Kinds of alert that workers write to their log, a JSON object a line.
  alerts = {
    drift             = "The data that the model gets has drifted; see the report of the check."
    performance       = "The model does worse than it did, by the labels that came in."
    refused-requests  = "Many requests are refused; a caller may have changed the name or type of a field."
    retraining-paused = "Drift goes on, and retraining waits for a person."
    retraining-failed = "Retraining for drift failed; the version before keeps serving."
  }
  filters = merge([
    for role, group in var.worker_log_groups : { for kind in keys(local.alerts) : "${role}-${kind}" => { kind = kind, group = group } }
  ]...)
}

resource "aws_cloudwatch_log_metric_filter" "alert" {
  for_each = local.filters

  name           = "${var.name}-${each.value.kind}"
  log_group_name = each.value.group
  pattern        = "{ ($.type = \"alert\") && ($.kind = \"${each.value.kind}\") }"

  metric_transformation {
    namespace = var.name
    name      = "Alert-${each.value.kind}"
    value     = "1"
    unit      = "Count"
  }
}

resource "aws_cloudwatch_metric_alarm" "alert" {
  for_each = length(var.worker_log_groups) == 0 ? {} : local.alerts

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value
  namespace           = var.name
  metric_name         = "Alert-${each.key}"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions

  depends_on = [aws_cloudwatch_log_metric_filter.alert]
}
