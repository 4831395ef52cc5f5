# Who may call the function, and what its predictions become.

mock_provider "aws" {}

run "signed_requests_alone" {
  module {
    source = "./modules/function"
  }
  variables {
    url_access = "AWS_IAM"
  }
  assert {
    condition     = length(aws_lambda_permission.public_url) == 0 && length(aws_lambda_permission.public_invoke) == 0
    error_message = "The function must not be open to everybody."
  }
  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "Text"
    error_message = "Prediction lines must not be wrapped."
  }
}

run "open_to_everybody" {
  module {
    source = "./modules/function"
  }
  variables {
    url_access = "NONE"
  }
  assert {
    condition = (
      aws_lambda_permission.public_url[0].function_url_auth_type == "NONE" &&
      aws_lambda_permission.public_invoke[0].action == "lambda:InvokeFunction" &&
      aws_lambda_permission.public_invoke[0].invoked_via_function_url == true
    )
    error_message = "A public URL needs both statements, the second for calls through the URL alone."
  }
}

variables {
  name                 = "anemia"
  role_prefix          = "anemia-mlops"
  model                = "anemia"
  alias                = "live"
  memory_mib           = 256
  timeout_seconds      = 10
  reserved_concurrency = -1
  capture_inputs       = true
  kms_key_arn          = "arn:aws:kms:eu-central-1:111122223333:key/1"
  log_retention_days   = 365
}
