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
  assert {
    condition     = length(aws_lambda_function_url.this.cors) == 0
    error_message = "Pages of other origins may ask only when that is asked for."
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

run "asked_by_pages_of_others" {
  module {
    source = "./modules/function"
  }
  variables {
    url_access = "NONE"
    cors       = { allow_origins = ["https://clinic.example"], allow_headers = ["content-type"], max_age_seconds = 60 }
  }
  assert {
    condition     = tolist(aws_lambda_function_url.this.cors[0].allow_methods) == tolist(["GET", "POST"]) && aws_lambda_function_url.this.cors[0].max_age == 60
    error_message = "The function URL must let those pages ask."
  }
  assert {
    condition = jsondecode(aws_lambda_function.this.environment[0].variables["CORS"]) == {
      allowOrigins  = ["https://clinic.example"]
      allowHeaders  = ["content-type"]
      maxAgeSeconds = 60
    }
    error_message = "The function must know them too, for front doors that leave the answer to it."
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
  cors                 = null
  kms_key_arn          = "arn:aws:kms:eu-central-1:111122223333:key/1"
  log_retention_days   = 365
}
