# What is refused before anything is planned.

mock_provider "aws" {}

variables {
  temporal = { address = "temporal.example.com:7233", namespace = "anemia" }
}

run "moving_tag" {
  command = plan
  variables {
    image_tag = "latest"
  }
  expect_failures = [var.image_tag]
}

run "address_without_port" {
  command = plan
  variables {
    temporal = { address = "temporal.example.com", namespace = "anemia" }
  }
  expect_failures = [var.temporal]
}

run "certificate_without_key" {
  command = plan
  variables {
    temporal = {
      address                       = "temporal.example.com:7233"
      namespace                     = "anemia"
      client_certificate_secret_arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf"
    }
  }
  expect_failures = [var.temporal]
}

run "api_key_as_value" {
  command = plan
  variables {
    temporal = { address = "temporal.example.com:7233", namespace = "anemia", api_key_secret_arn = "the key itself" }
  }
  expect_failures = [var.temporal]
}

run "queue_without_worker" {
  command = plan
  variables {
    workers = { workflow = {} }
  }
  expect_failures = [var.workers]
}

run "grace_beyond_ecs" {
  command = plan
  variables {
    worker_settings = { shutdown_grace_seconds = 115 }
  }
  expect_failures = [var.worker_settings]
}

run "metrics_for_nobody" {
  command = plan
  variables {
    worker_settings = { metrics_port = 9464 }
  }
  expect_failures = [var.worker_settings]
}

run "codec_keys_twice" {
  command = plan
  variables {
    codec_kms_keys = ["2026-11:AAAA"]
    worker_secrets = { codec_keys = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:codec-AbCdEf" }
  }
  expect_failures = [output.mlops_environment]
}

run "mlflow_for_everybody" {
  command = plan
  variables {
    mlflow = { image_tag = "3.17.2", client_cidrs = ["0.0.0.0/0"] }
  }
  expect_failures = [var.mlflow]
}

run "no_way_out" {
  command = plan
  variables {
    network = { nat_gateway = false }
  }
  expect_failures = [var.network]
}

run "unknown_access" {
  command = plan
  variables {
    function = { url_access = "EVERYBODY" }
  }
  expect_failures = [var.function]
}

run "pages_without_origin" {
  command = plan
  variables {
    function = { cors = { allow_origins = ["null"] } }
  }
  expect_failures = [var.function]
}

run "repositories_by_wildcard" {
  command = plan
  variables {
    github = { repository = "example/*" }
  }
  expect_failures = [var.github]
}
