variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the images."
  type        = string
}

variable "kept_images" {
  description = "How many images are kept."
  type        = number
}

variable "force_destroy" {
  description = "Whether destroying also removes the images."
  type        = bool
}
