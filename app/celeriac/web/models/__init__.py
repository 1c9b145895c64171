"""What requests may say and what answers look like, as pydantic models; the OpenAPI document is made of them."""
