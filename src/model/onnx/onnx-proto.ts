import protobuf from 'protobufjs';

/**
 * The messages of ONNX that a model of ours needs, under the field numbers of the public onnx-ml.proto; proto2, so that
 * lists of integers are not packed.
 */
const MESSAGES = `
syntax = "proto2";
message AttributeProto {
  optional string name = 1;
  optional int64 i = 3;
  optional TensorProto t = 5;
  repeated int64 ints = 8;
  optional int32 type = 20;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated AttributeProto attribute = 5;
  optional string domain = 7;
}
message TensorProto {
  repeated int64 dims = 1;
  optional int32 data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
}
message ValueInfoProto {
  optional string name = 1;
  optional TypeProto type = 2;
  optional string doc_string = 3;
}
message TypeProto {
  message Tensor {
    optional int32 elem_type = 1;
    optional TensorShapeProto shape = 2;
  }
  optional Tensor tensor_type = 1;
}
message TensorShapeProto {
  message Dimension {
    optional int64 dim_value = 1;
    optional string dim_param = 2;
  }
  repeated Dimension dim = 1;
}
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  optional string doc_string = 10;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto {
  optional string domain = 1;
  optional int64 version = 2;
}
message StringStringEntryProto {
  optional string key = 1;
  optional string value = 2;
}
message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional string producer_version = 3;
  optional string doc_string = 6;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}
`;

/** TensorProto.DataType of the elements used here. */
export const DATA_TYPES = { uint8: 2, int32: 6, int64: 7, bool: 9, double: 11 } as const;

/** AttributeProto.AttributeType of the attributes used here. */
export const ATTRIBUTE_TYPES = { int: 2, tensor: 4, ints: 7 } as const;

/** A constant: its shape, the type of its elements, and their bytes. */
export interface TensorProto {
  dims: number[];
  dataType: number;
  name?: string;
  /** Little-endian. */
  rawData: Uint8Array;
}

/** A setting of a node. */
export type AttributeProto = { name: string } & (
  | { type: typeof ATTRIBUTE_TYPES.int; i: number }
  | { type: typeof ATTRIBUTE_TYPES.ints; ints: number[] }
  | { type: typeof ATTRIBUTE_TYPES.tensor; t: TensorProto }
);

/** An operator with the names of its inputs and outputs. */
export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

/** An input or output of the graph. */
export interface ValueInfoProto {
  name: string;
  docString: string;
  type: { tensorType: { elemType: number; shape: { dim: ({ dimParam: string } | { dimValue: number })[] } } };
}

/** The computation: nodes in the order in which they run, and their constants. */
export interface GraphProto {
  name: string;
  docString: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

/** A whole model file. */
export interface ModelProto {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  docString: string;
  opsetImport: { domain: string; version: number }[];
  graph: GraphProto;
  metadataProps: { key: string; value: string }[];
}

const modelProto = protobuf.parse(MESSAGES).root.lookupType('ModelProto');

/** Bytes of a model, fields in the order of their numbers: equal models give equal bytes. */
export function encodeModel(model: ModelProto): Uint8Array {
  return Uint8Array.from(modelProto.encode(model).finish()); // a copy of its own size: the writer's buffer is shared
}
