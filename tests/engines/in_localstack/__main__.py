"""LocalStack's core without Docker or downloads, under .venv-localstack: ``python -m tests.engines.in_localstack``.

Variables beside LocalStack's own: RUNTIME_CLIENT (the folder of AWS's Lambda runtime client), FUNCTION_LOGS (a folder),
DYNAMODB_URL, DENIALS (a file, see ``denials``), and AWS_ENDPOINT_URL_<SERVICE> of what answers functions elsewhere.
"""

import os
import tempfile

from localstack.runtime.main import main
from localstack.services.s3 import provider as s3

from tests.engines.end_with_parent import end_with_parent
from tests.engines.in_localstack.denials import deny_what_is_named_in
from tests.engines.in_localstack.executions_of_alias import list_executions_of_aliases
from tests.engines.in_localstack.function_processes import use_processes
from tests.engines.in_localstack.log_patterns import filter_logs_by_patterns
from tests.engines.in_localstack.other_dynamodb import use_dynamodb_at
from tests.engines.in_localstack.resource_types import add_resource_types
from tests.engines.in_localstack.updates import update_as_aws_does

end_with_parent()
use_processes(os.environ["RUNTIME_CLIENT"], os.environ["FUNCTION_LOGS"])
use_dynamodb_at(os.environ["DYNAMODB_URL"])
add_resource_types()
update_as_aws_does()
list_executions_of_aliases()
filter_logs_by_patterns()
deny_what_is_named_in(os.environ["DENIALS"])
s3.DEFAULT_S3_TMP_DIR = tempfile.mkdtemp()  # else a folder of this name in /tmp, which stays
main()
