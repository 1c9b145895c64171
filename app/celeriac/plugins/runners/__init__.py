"""YAML properties of the task runners; what they mean is in the runners of the workers."""
