"""A topic in memory, behind the part of boto3's SNS client that this project uses."""

from stockflow.testing.faults import Faults


class FakeSns(Faults):
    """Keeps what is published.

    >>> topic = FakeSns()
    >>> topic.publish(Subject="stockflow", Message="All is well.")
    {'MessageId': '1'}
    >>> topic.published
    [{'Subject': 'stockflow', 'Message': 'All is well.'}]
    """

    def __init__(self) -> None:
        super().__init__()
        self.published: list[dict[str, str]] = []

    def publish(self, **message: str) -> dict[str, str]:
        self._called("publish")
        self.published.append(message)
        return {"MessageId": str(len(self.published))}
