"""The durable queue and the schedule: jobs that survive the process that took them on."""


def __getattr__(name: str) -> object:
    if name != "Client":  # which the health check of 0.2.0's compose.yaml asks for here
        raise AttributeError(name)
    from worker.queue.queue import Client  # noqa: PLC0415 - loads the engine

    return Client
