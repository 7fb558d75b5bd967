"""DynamoDB answered by another server: LocalStack's own is a Java program that it would download."""

from localstack.aws.forwarder import AwsRequestProxy
from localstack.services.dynamodb import server


def use_dynamodb_at(url):
    """From now on DynamoDB calls go to this server."""

    class Elsewhere(server.DynamodbServer):
        def __init__(self):
            self.proxy = AwsRequestProxy(url)
            self.db_path = None

        @property
        def url(self):
            return url

        def start_dynamodb(self):
            return True

        def stop_dynamodb(self):
            """It is another's to stop."""

        def is_up(self):
            return True

    server.DynamodbServer.get = staticmethod(lambda *_, **__: Elsewhere())
