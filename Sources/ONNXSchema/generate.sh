#!/usr/bin/env bash
# Makes onnx.pb.swift of onnx.proto. Needs protoc (Debian: protobuf-compiler; or `protoc` of pip's grpcio-tools) and
# protoc-gen-swift, which a checkout of https://github.com/apple/swift-protobuf at the version of Package.resolved
# builds with `swift build --product protoc-gen-swift`; both on the PATH.
set -euo pipefail
cd "$(dirname "$0")"
protoc --swift_out=. --swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true onnx.proto
