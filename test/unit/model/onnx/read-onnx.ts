import protobuf from 'protobufjs';

/** The fields that tests look at, written down a second time, from the public onnx-ml.proto. */
const { root } = protobuf.parse(`
syntax = "proto2";
message Attribute { optional string name = 1; optional int64 i = 3; optional Tensor t = 5; repeated int64 ints = 8; }
message Node { repeated string input = 1; repeated string output = 2; optional string op_type = 4;
  repeated Attribute attribute = 5; optional string domain = 7; }
message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9; }
message Value { optional string name = 1; optional Type type = 2; optional string doc_string = 3; }
message Type { message Of { optional int32 elem_type = 1; optional Shape shape = 2; } optional Of tensor_type = 1; }
message Shape { message Dim { optional int64 dim_value = 1; optional string dim_param = 2; } repeated Dim dim = 1; }
message Graph { repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; repeated Value input = 11;
  repeated Value output = 12; }
message Opset { optional string domain = 1; optional int64 version = 2; }
message Entry { optional string key = 1; optional string value = 2; }
message Model { optional int64 ir_version = 1; optional string producer_name = 2; optional string producer_version = 3;
  optional string doc_string = 6; optional Graph graph = 7; repeated Opset opset_import = 8; repeated Entry metadata_props = 14; }
`);

export interface ReadTensor {
  name: string;
  dims: number[];
  dataType: number;
  rawData: Uint8Array;
}

export interface ReadNode {
  input: string[];
  output: string[];
  opType: string;
  domain: string;
  attribute: { name: string; i?: number; ints: number[]; t?: ReadTensor }[];
}

interface ReadValue {
  name: string;
  docString: string;
  type: { tensorType: { elemType: number; shape: { dim: { dimValue?: number; dimParam?: string }[] } } };
}

export interface ReadModel {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  docString: string;
  graph: { node: ReadNode[]; initializer: ReadTensor[]; input: ReadValue[]; output: ReadValue[] };
  opsetImport: { domain: string; version: number }[];
  metadataProps: { key: string; value: string }[];
}

/** What is in the bytes of an ONNX model. */
export function readOnnx(bytes: Uint8Array): ReadModel {
  const type = root.lookupType('Model');
  return type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as ReadModel;
}

/** Numbers of a tensor of doubles. */
export function doublesOf({ rawData }: ReadTensor): number[] {
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: rawData.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}
