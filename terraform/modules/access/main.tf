# Roles for people and for CI. The deployer moves versions of the function by hand; CI brings images and rolls the workers.

data "aws_iam_policy_document" "deploy_assume" {
  count = length(var.deployer_arns) == 0 ? 0 : 1

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = var.deployer_arns
    }
  }
}

resource "aws_iam_role" "deployer" {
  count = length(var.deployer_arns) == 0 ? 0 : 1

  name                 = "${var.name}-deployer"
  description          = "Moves versions of function ${var.function_name} by hand"
  assume_role_policy   = data.aws_iam_policy_document.deploy_assume[0].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "deployer" {
  count = length(var.deployer_arns) == 0 ? 0 : 1

  name   = "deploy"
  role   = aws_iam_role.deployer[0].id
  policy = data.aws_iam_policy_document.deploy.json
}

# Also the workers' that deploy. Making and removing functions, aliases and URLs is Terraform's.
data "aws_iam_policy_document" "deploy" {
  #checkov:skip=CKV_AWS_356:GetMetricData knows no resources
  statement {
    sid = "Function"
    actions = [
      "lambda:GetAlias",
      "lambda:GetFunction",
      "lambda:GetFunctionConfiguration",
      "lambda:GetFunctionUrlConfig",
      "lambda:InvokeFunction",
      "lambda:ListVersionsByFunction",
      "lambda:PublishVersion",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
    ]
    resources = [var.function_arn, "${var.function_arn}:*"]
  }

  statement {
    sid       = "Counts"
    actions   = ["cloudwatch:GetMetricData"]
    resources = ["*"]
  }
}
