variable "name" {
  description = "Alias of the key, without alias/."
  type        = string
}

variable "deletion_window_days" {
  description = "Days in which the deletion of the key can be taken back."
  type        = number
}
