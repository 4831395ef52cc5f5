// A stand-in for the AWS provider: it knows the schema of the resources that terraform/ uses, and does nothing. With it
// Terraform checks names and types of arguments, and runs tests with mocks, where the provider itself cannot be had.
// What the provider checks beyond its schema, like the form of an ARN, goes unchecked.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"log"
	"sort"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

//go:embed schema.json
var document []byte

type attribute struct {
	Type                         json.RawMessage
	Computed, Optional, Required bool
}

type nested struct {
	Nesting string `json:"nesting_mode"`
	Min     int64  `json:"min_items"`
	Max     int64  `json:"max_items"`
	Block   block
}

type block struct {
	Attributes map[string]attribute
	Blocks     map[string]nested `json:"block_types"`
}

var nestings = map[string]tfprotov6.SchemaNestedBlockNestingMode{
	"single": tfprotov6.SchemaNestedBlockNestingModeSingle,
	"list":   tfprotov6.SchemaNestedBlockNestingModeList,
	"set":    tfprotov6.SchemaNestedBlockNestingModeSet,
	"map":    tfprotov6.SchemaNestedBlockNestingModeMap,
}

func (b block) schemaBlock() *tfprotov6.SchemaBlock {
	found := &tfprotov6.SchemaBlock{}
	for _, name := range sorted(b.Attributes) {
		a := b.Attributes[name]
		kind, err := tftypes.ParseJSONType(a.Type) //nolint:staticcheck // as Terraform writes types itself
		if err != nil {
			log.Fatalf("The type of %s cannot be read: %v", name, err)
		}
		found.Attributes = append(found.Attributes, &tfprotov6.SchemaAttribute{
			Name: name, Type: kind, Computed: a.Computed, Optional: a.Optional, Required: a.Required,
		})
	}
	for _, name := range sorted(b.Blocks) {
		n := b.Blocks[name]
		found.BlockTypes = append(found.BlockTypes, &tfprotov6.SchemaNestedBlock{
			TypeName: name, Nesting: nestings[n.Nesting], MinItems: n.Min, MaxItems: n.Max, Block: n.Block.schemaBlock(),
		})
	}
	return found
}

func sorted[V any](values map[string]V) (names []string) {
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func schemas(blocks map[string]block) map[string]*tfprotov6.Schema {
	found := map[string]*tfprotov6.Schema{}
	for name, b := range blocks {
		found[name] = &tfprotov6.Schema{Block: b.schemaBlock()}
	}
	return found
}

// What is not defined below is never called: mocks plan, apply and read in Terraform itself.
type server struct {
	tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

func (s server) GetMetadata(context.Context, *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return &tfprotov6.GetMetadataResponse{}, nil
}

func (s server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return s.schema, nil
}

func (s server) ValidateProviderConfig(_ context.Context, r *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (s server) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (s server) ValidateDataResourceConfig(context.Context, *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return &tfprotov6.ValidateDataResourceConfigResponse{}, nil
}

func (s server) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func main() {
	var content struct {
		Provider       block
		Resource, Data map[string]block
	}
	if err := json.Unmarshal(document, &content); err != nil {
		log.Fatalf("schema.json cannot be read: %v", err)
	}
	provider := server{schema: &tfprotov6.GetProviderSchemaResponse{
		Provider:          &tfprotov6.Schema{Block: content.Provider.schemaBlock()},
		ResourceSchemas:   schemas(content.Resource),
		DataSourceSchemas: schemas(content.Data),
	}}
	serve := func() tfprotov6.ProviderServer { return provider }
	if err := tf6server.Serve("hashicorp/aws", serve); err != nil {
		log.Fatal(err)
	}
}
