"""Asks a Pullquote service for the quotes and the summary of an article. Offsets are code points, as Python slices
strings."""

import sys
from pathlib import Path

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "gen"))
from pullquote.v1 import pullquote_service_pb2 as pb  # noqa: E402
from pullquote.v1 import pullquote_service_pb2_grpc as pb_grpc  # noqa: E402

DEADLINE_SECONDS = 5
UNITS = pb.ENCODING_TYPE_UTF32


def main(address: str, ca: str | None = None) -> None:
    with connect(address, ca) as channel:
        service = pb_grpc.PullquoteServiceStub(channel)
        article = first_example()
        document, blank = pb.Document(text=article), pb.Document(text=" ")

        def cut(span: pb.TextSpan) -> str:
            return article[span.begin_offset : span.end_offset]

        request = pb.ExtractQuotesRequest(document=document, encoding_type=UNITS)
        for quote in service.ExtractQuotes(request, timeout=DEADLINE_SECONDS).quotes:
            form = pb.Quote.Form.Name(quote.form).removeprefix("FORM_")
            speakers = " and ".join(source.speaker for source in quote.attribution.sources)
            print(f"quote {form} [{speakers}]", " ... ".join(map(cut, quote.contents)))

        request = pb.SummarizeRequest(document=document, max_sentence_count=2, encoding_type=UNITS)
        for sentence in service.Summarize(request, timeout=DEADLINE_SECONDS).sentences:
            print("summary", cut(sentence.text))

        # Sends every document while it reads the answers, which come as they are ready.
        items = [
            pb.ExtractQuotesStreamRequest(id=name, request=pb.ExtractQuotesRequest(document=content))
            for name, content in {"article": document, "blank": blank}.items()
        ]
        answers = service.ExtractQuotesStream(iter(items), timeout=DEADLINE_SECONDS)
        for line in sorted(f"stream {answer.id}: {told(answer)}" for answer in answers):
            print(line)

        try:
            service.Summarize(pb.SummarizeRequest(document=blank), timeout=DEADLINE_SECONDS)
        except grpc.RpcError as error:
            print("refused", reason(error))


def connect(address: str, ca: str | None) -> grpc.Channel:
    """Over TLS when `ca` names a file of trusted roots."""
    options = []
    if address.startswith("unix:"):
        # Without it the :authority of a Unix socket is its path, which servers built on HTTP/2 libraries refuse.
        options.append(("grpc.default_authority", "localhost"))
    if ca is None:
        return grpc.insecure_channel(address, options)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(Path(ca).read_bytes()), options)


def told(answer: pb.ExtractQuotesStreamResponse) -> str:
    if answer.WhichOneof("result") == "response":
        return f"{len(answer.response.quotes)} quotes"
    return " ".join([answer.error.reason, *(violation.field for violation in answer.error.field_violations)])


def reason(error: grpc.RpcError) -> str:
    """Why a call failed: the reason and the fields at fault, or the status where there are no details."""
    status = rpc_status.from_call(error)
    info, fault = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details if status else []:
        _ = detail.Unpack(info) or detail.Unpack(fault)
    if not info.reason:
        return f"{error.code().name}: {error.details()}"
    return " ".join([info.reason, *(violation.field for violation in fault.field_violations)])


def first_example() -> str:
    # Bytes, for reading as text would rewrite line ends and so move the offsets.
    return min((HERE.parent.parent).glob("*.txt")).read_bytes().decode()


if __name__ == "__main__":
    main(*sys.argv[1:])
