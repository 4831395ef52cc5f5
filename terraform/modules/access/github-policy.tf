data "aws_iam_policy_document" "github" {
  #checkov:skip=CKV_AWS_111:RegisterTaskDefinition knows no resources; what a task may do is bounded by the roles that may be passed
  #checkov:skip=CKV_AWS_356:As above, and GetAuthorizationToken
  statement {
    sid       = "Login"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "Push"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [var.repository_arn]
  }

  statement {
    sid       = "Definitions"
    actions   = ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.cluster_arn == null ? [] : [1]
    content {
      sid       = "Roll"
      actions   = ["ecs:DescribeServices", "ecs:UpdateService"]
      resources = ["${replace(var.cluster_arn, ":cluster/", ":service/")}/*"]
    }
  }

  dynamic "statement" {
    for_each = length(var.worker_role_arns) == 0 ? [] : [1]
    content {
      sid       = "Pass"
      actions   = ["iam:PassRole"]
      resources = var.worker_role_arns
      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["ecs-tasks.amazonaws.com"]
      }
    }
  }

  statement {
    sid       = "Datasets"
    actions   = ["s3:PutObject"]
    resources = ["${var.data_arn}/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}
