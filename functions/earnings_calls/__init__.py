"""The workflow of earnings calls: from a recording or a transcript to the tone of the call, beside the prices."""
