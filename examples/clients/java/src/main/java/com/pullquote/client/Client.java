package com.pullquote.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import com.pullquote.v1.Document;
import com.pullquote.v1.EncodingType;
import com.pullquote.v1.ExtractQuotesRequest;
import com.pullquote.v1.ExtractQuotesStreamRequest;
import com.pullquote.v1.ExtractQuotesStreamResponse;
import com.pullquote.v1.FieldViolation;
import com.pullquote.v1.PullquoteServiceGrpc;
import com.pullquote.v1.PullquoteServiceGrpc.PullquoteServiceStub;
import com.pullquote.v1.Source;
import com.pullquote.v1.SummarizeRequest;
import com.pullquote.v1.TextSpan;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Asks a Pullquote service for the quotes and the summary of an article. Offsets are UTF-16 code units, as Java slices
 * strings.
 */
public final class Client {
  private static final EncodingType UNITS = EncodingType.ENCODING_TYPE_UTF16;
  private static final int DEADLINE_SECONDS = 5;

  public static void main(String[] args) throws Exception {
    ChannelCredentials credentials =
        args.length > 1
            ? TlsChannelCredentials.newBuilder().trustManager(new File(args[1])).build()
            : InsecureChannelCredentials.create();
    var channel = Grpc.newChannelBuilder(args[0], credentials).build();
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try {
      // A deadline is a point in time, so each stub here is for calls made now.
      var service = PullquoteServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
      String article = firstExample();
      Document document = Document.newBuilder().setText(article).build();
      Document blank = Document.newBuilder().setText(" ").build();

      var quotesOf = ExtractQuotesRequest.newBuilder().setDocument(document).setEncodingType(UNITS).build();
      for (var quote : service.extractQuotes(quotesOf).getQuotesList()) {
        String form = quote.getForm().name().replaceFirst("^FORM_", "");
        String speakers =
            quote.getAttribution().getSourcesList().stream().map(Source::getSpeaker).collect(Collectors.joining(" and "));
        String pieces =
            quote.getContentsList().stream().map(span -> slice(article, span)).collect(Collectors.joining(" ... "));
        out.printf("quote %s [%s] %s%n", form, speakers, pieces);
      }

      var summaryOf =
          SummarizeRequest.newBuilder().setDocument(document).setMaxSentenceCount(2).setEncodingType(UNITS).build();
      for (var sentence : service.summarize(summaryOf).getSentencesList()) {
        out.printf("summary %s%n", slice(article, sentence.getText()));
      }

      var async = PullquoteServiceGrpc.newStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
      stream(async, Map.of("article", document, "blank", blank)).stream().sorted().forEach(out::println);

      try {
        service.summarize(SummarizeRequest.newBuilder().setDocument(blank).build());
      } catch (StatusRuntimeException error) {
        out.printf("refused %s%n", reason(error));
      }
    } finally {
      channel.shutdownNow().awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static String slice(String article, TextSpan span) {
    return article.substring(span.getBeginOffset(), span.getEndOffset());
  }

  /** Sends every document while the answers arrive, which come as they are ready. */
  private static List<String> stream(PullquoteServiceStub service, Map<String, Document> documents) throws Exception {
    var lines = new ArrayList<String>();
    var done = new CompletableFuture<List<String>>();
    var requests =
        service.extractQuotesStream(
            new StreamObserver<ExtractQuotesStreamResponse>() {
              @Override
              public void onNext(ExtractQuotesStreamResponse answer) {
                lines.add("stream " + answer.getId() + ": " + told(answer));
              }

              @Override
              public void onError(Throwable error) {
                done.completeExceptionally(error);
              }

              @Override
              public void onCompleted() {
                done.complete(lines);
              }
            });
    documents.forEach(
        (id, document) -> {
          var request = ExtractQuotesRequest.newBuilder().setDocument(document);
          requests.onNext(ExtractQuotesStreamRequest.newBuilder().setId(id).setRequest(request).build());
        });
    requests.onCompleted();
    return done.get();
  }

  private static String told(ExtractQuotesStreamResponse answer) {
    if (answer.hasResponse()) {
      return answer.getResponse().getQuotesCount() + " quotes";
    }
    var words = new ArrayList<>(List.of(answer.getError().getReason()));
    answer.getError().getFieldViolationsList().stream().map(FieldViolation::getField).forEach(words::add);
    return String.join(" ", words);
  }

  /** Why a call failed: the reason and the fields at fault, or the status where there are no details. */
  private static String reason(StatusRuntimeException error) throws InvalidProtocolBufferException {
    var words = new ArrayList<String>();
    Status status = StatusProto.fromThrowable(error);
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        words.add(0, detail.unpack(ErrorInfo.class).getReason());
      } else if (detail.is(BadRequest.class)) {
        detail.unpack(BadRequest.class).getFieldViolationsList().forEach(violation -> words.add(violation.getField()));
      }
    }
    return words.isEmpty() ? error.getMessage() : String.join(" ", words);
  }

  private static String firstExample() throws IOException {
    try (var files = Files.list(Path.of("../.."))) {
      Path first = files.filter(path -> path.toString().endsWith(".txt")).sorted().findFirst().orElseThrow();
      return Files.readString(first);
    }
  }

  private Client() {}
}
