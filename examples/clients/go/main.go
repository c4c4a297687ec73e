// Asks a Pullquote service for the quotes and the summary of an article. Offsets are bytes, as Go slices strings.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "github.com/pullquote/pullquote/examples/clients/go/pullquotev1"
)

//go:generate npx --yes @bufbuild/buf@1.75.0 generate

const (
	deadline = 5 * time.Second
	units    = pb.EncodingType_ENCODING_TYPE_UTF8
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: run ADDRESS [CA.pem]")
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(reason(err))
	}
}

func run(address string, ca []string) error {
	transport := insecure.NewCredentials()
	if len(ca) > 0 {
		var err error
		if transport, err = credentials.NewClientTLSFromFile(ca[0], ""); err != nil {
			return err
		}
	}
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(transport))
	if err != nil {
		return err
	}
	defer connection.Close()
	client := pb.NewPullquoteServiceClient(connection)
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()

	article, err := firstExample()
	if err != nil {
		return err
	}
	document := &pb.Document{Content: &pb.Document_Text{Text: article}}
	blank := &pb.Document{Content: &pb.Document_Text{Text: " "}}

	quotes, err := client.ExtractQuotes(ctx, &pb.ExtractQuotesRequest{Document: document, EncodingType: units})
	if err != nil {
		return err
	}
	for _, quote := range quotes.GetQuotes() {
		form := strings.TrimPrefix(quote.GetForm().String(), "FORM_")
		var speakers, pieces []string
		for _, source := range quote.GetAttribution().GetSources() {
			speakers = append(speakers, source.GetSpeaker())
		}
		for _, span := range quote.GetContents() {
			pieces = append(pieces, article[span.GetBeginOffset():span.GetEndOffset()])
		}
		fmt.Printf("quote %s [%s] %s\n", form, strings.Join(speakers, " and "), strings.Join(pieces, " ... "))
	}

	summary, err := client.Summarize(ctx, &pb.SummarizeRequest{Document: document, MaxSentenceCount: 2, EncodingType: units})
	if err != nil {
		return err
	}
	for _, sentence := range summary.GetSentences() {
		fmt.Printf("summary %s\n", article[sentence.GetText().GetBeginOffset():sentence.GetText().GetEndOffset()])
	}

	if err := stream(ctx, client, map[string]*pb.Document{"article": document, "blank": blank}); err != nil {
		return err
	}

	_, err = client.Summarize(ctx, &pb.SummarizeRequest{Document: blank})
	fmt.Printf("refused %s\n", reason(err))
	return nil
}

// Sends every document while it reads the answers, which come as they are ready.
func stream(ctx context.Context, client pb.PullquoteServiceClient, documents map[string]*pb.Document) error {
	stream, err := client.ExtractQuotesStream(ctx)
	if err != nil {
		return err
	}
	go func() {
		for id, document := range documents {
			// A failed send shows in Recv, with its status.
			_ = stream.Send(&pb.ExtractQuotesStreamRequest{Id: id, Request: &pb.ExtractQuotesRequest{Document: document}})
		}
		_ = stream.CloseSend()
	}()
	var lines []string
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		line := fmt.Sprintf("%d quotes", len(answer.GetResponse().GetQuotes()))
		if fault := answer.GetError(); fault != nil {
			line = fault.GetReason()
			for _, violation := range fault.GetFieldViolations() {
				line += " " + violation.GetField()
			}
		}
		lines = append(lines, fmt.Sprintf("stream %s: %s\n", answer.GetId(), line))
	}
	sort.Strings(lines)
	fmt.Print(strings.Join(lines, ""))
	return nil
}

// Why a call failed: the reason and the fields at fault, or the status where there are no details.
func reason(err error) string {
	var words []string
	for _, detail := range status.Convert(err).Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			words = append([]string{detail.GetReason()}, words...)
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				words = append(words, violation.GetField())
			}
		}
	}
	if len(words) == 0 {
		return err.Error()
	}
	return strings.Join(words, " ")
}

func firstExample() (string, error) {
	examples, err := filepath.Glob("../../*.txt")
	if err != nil || len(examples) == 0 {
		return "", fmt.Errorf("no example article: %w", err)
	}
	article, err := os.ReadFile(examples[0])
	return string(article), err
}
