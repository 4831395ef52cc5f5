resource "aws_lambda_function_url" "this" {
  function_name      = aws_lambda_function.this.function_name
  qualifier          = aws_lambda_alias.this.name
  authorization_type = var.url_access

  dynamic "cors" {
    for_each = var.cors == null ? [] : [var.cors]
    content {
      allow_origins     = cors.value.allow_origins
      allow_headers     = cors.value.allow_headers
      allow_methods     = ["GET", "POST"]
      max_age           = cors.value.max_age_seconds
      allow_credentials = false
    }
  }
}

# A public URL needs both statements since October 2025; the second is limited to calls that come through the URL.
resource "aws_lambda_permission" "public_url" {
  count = var.url_access == "NONE" ? 1 : 0

  statement_id           = "public-url"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.this.function_name
  qualifier              = aws_lambda_alias.this.name
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_permission" "public_invoke" {
  count = var.url_access == "NONE" ? 1 : 0

  statement_id             = "public-invoke"
  action                   = "lambda:InvokeFunction"
  function_name            = aws_lambda_function.this.function_name
  qualifier                = aws_lambda_alias.this.name
  principal                = "*"
  invoked_via_function_url = true
}
