"""The flow of one job, a short function a step."""
