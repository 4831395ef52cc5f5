data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

# What ECS does to start a task: pull the image, hand over secrets, write the log.
data "aws_iam_policy_document" "execution" {
  #checkov:skip=CKV_AWS_356:GetAuthorizationToken knows no resources
  statement {
    sid       = "Login"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "Pull"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [var.repository_arn]
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for group in aws_cloudwatch_log_group.this : "${group.arn}:*"]
  }

  dynamic "statement" {
    for_each = length(var.secrets) == 0 ? [] : [1]
    content {
      sid     = "Secrets"
      actions = ["secretsmanager:GetSecretValue"]
      # A reference may go on behind the seven parts of an ARN, to one key of the secret.
      resources = distinct([for arn in values(var.secrets) : join(":", slice(split(":", arn), 0, 7))])
    }
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt"]
    resources = concat([var.kms_key_arn], var.secret_key_arns)
  }
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  description        = "Starts the workers of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

# What a worker does itself. Only those that run the pipeline's deployments may deploy; the compute role has the data alone.
resource "aws_iam_role" "task" {
  for_each = var.workers

  name               = "${var.name}-${each.key}"
  description        = "Worker ${each.key} of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "task" {
  for_each = var.workers

  name   = "data"
  role   = aws_iam_role.task[each.key].id
  policy = data.aws_iam_policy_document.task[each.key].json
}

resource "aws_iam_role_policy" "deploy" {
  for_each = { for role, worker in var.workers : role => worker if role != "compute" }

  name   = "deploy"
  role   = aws_iam_role.task[each.key].id
  policy = var.deploy_policy
}

locals {
  # Folders of the bucket by what a worker does there. Numeric work reads what serves and what was predicted, and writes
  # artifacts alone; nothing is ever removed.
  folders = { for role in keys(var.workers) : role => {
    read  = role == "compute" ? ["store", "registry", "capture"] : ["store", "registry", "reports", "capture", "data"]
    write = role == "compute" ? ["store"] : ["store", "registry", "reports"]
  } }
  # Keys of the store and the number of its format, made by those who run workflows. Numeric work reads what it needs of them: the
  # fingerprints' key, the store's id, and, as whoever reads a log checks its signatures, the public half of the bucket's key.
  compute_keys = concat(["fingerprint-key", "store-id"], var.log_key_arn == null ? ["log-verifying-key"] : [])
  keys         = { for role in keys(var.workers) : role => role == "compute" ? local.compute_keys : ["*"] }
  make         = { for role in keys(var.workers) : role => role == "compute" ? [] : ["s3:PutObject"] }
  log_actions  = { for role in keys(var.workers) : role => role == "compute" ? ["kms:GetPublicKey"] : ["kms:GetPublicKey", "kms:Sign"] }
  anchor_arn   = var.anchor == null ? null : "arn:${data.aws_partition.current.partition}:s3:::${var.anchor.bucket}"
  anchor_path  = var.anchor == null ? null : trimprefix("${var.anchor.prefix}/*", "/")
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "task" {
  for_each = local.folders

  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = [for folder in each.value.read : "${var.bucket_arn}/${folder}/*"]
  }

  statement {
    sid       = "Write"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
    resources = [for folder in each.value.write : "${var.bucket_arn}/${folder}/*"]
  }

  statement {
    sid       = "Keys"
    actions   = concat(["s3:GetObject"], local.make[each.key])
    resources = [for name in local.keys[each.key] : "${var.bucket_arn}/keys/${name}"]
  }

  statement {
    sid       = "Format"
    actions   = concat(["s3:GetObject"], local.make[each.key])
    resources = ["${var.bucket_arn}/format.json"]
  }

  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = compact([var.bucket_arn, local.anchor_arn])
  }

  dynamic "statement" {
    for_each = var.log_key_arn == null ? [] : [1]
    content {
      sid       = "Log"
      actions   = local.log_actions[each.key]
      resources = [var.log_key_arn]
    }
  }

  dynamic "statement" {
    for_each = var.anchor == null ? [] : [1]
    content {
      sid       = "Anchors"
      actions   = each.key == "compute" ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject", "s3:PutObjectRetention"]
      resources = ["${local.anchor_arn}/${local.anchor_path}"]
    }
  }

  dynamic "statement" {
    for_each = var.anchor == null || each.key == "compute" ? [] : [1]
    content {
      sid       = "AnchorLock"
      actions   = ["s3:GetBucketObjectLockConfiguration"]
      resources = [local.anchor_arn]
    }
  }

  dynamic "statement" {
    for_each = length(var.dataset_arns) == 0 || each.key == "compute" ? [] : [1]
    content {
      sid       = "Datasets"
      actions   = ["s3:GetObject"]
      resources = var.dataset_arns
    }
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  dynamic "statement" {
    for_each = length(var.codec_key_arns) == 0 ? [] : [1]
    content {
      sid       = "Codec"
      actions   = ["kms:Decrypt"]
      resources = var.codec_key_arns
    }
  }
}
