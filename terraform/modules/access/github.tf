# GitHub Actions sign in by OpenID Connect: no key is kept there.

locals {
  github = var.github == null ? toset([]) : toset(["token.actions.githubusercontent.com"])
}

data "aws_iam_openid_connect_provider" "github" {
  for_each = try(var.github.create_provider, true) ? toset([]) : local.github

  url = "https://${each.key}"
}

resource "aws_iam_openid_connect_provider" "github" {
  for_each = try(var.github.create_provider, true) ? local.github : toset([])

  url            = "https://${each.key}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "github_assume" {
  for_each = local.github

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type = "Federated"
      identifiers = [one(concat(
        [for provider in aws_iam_openid_connect_provider.github : provider.arn],
        [for provider in data.aws_iam_openid_connect_provider.github : provider.arn],
      ))]
    }
    condition {
      test     = "StringEquals"
      variable = "${each.key}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "${each.key}:sub"
      values   = ["repo:${var.github.repository}:environment:${var.github.environment}"]
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.github

  name                 = "${var.name}-github"
  description          = "GitHub Actions of ${var.github.repository}, environment ${var.github.environment}"
  assume_role_policy   = data.aws_iam_policy_document.github_assume[each.key].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "github" {
  for_each = local.github

  name   = "images-and-workers"
  role   = aws_iam_role.github[each.key].id
  policy = data.aws_iam_policy_document.github.json
}
