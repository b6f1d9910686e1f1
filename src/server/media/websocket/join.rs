//! The `join_request` parameter: base64url of a `WrappedJoinRequest`, which holds a `JoinRequest`, compressed as a rule.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::GzDecoder;
use livekit_protocol as lk;
use prost::Message as _;
use std::io::Read as _;

/// The longest join request after decompression, in bytes.
pub const MAX_JOIN: u64 = 1 << 20;

/// Native SDKs pad, others do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a join request cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// There is none.
    #[error("the join_request parameter is missing")]
    Missing,
    /// Not base64, not gzip, or no protobuf.
    #[error("the join_request parameter cannot be read")]
    Malformed,
    /// Over [`MAX_JOIN`] bytes when it is unpacked.
    #[error("the join_request parameter is too long")]
    TooLong,
}

/// Reads the parameter's value.
pub fn decode(parameter: &str) -> Result<lk::JoinRequest, JoinError> {
    if parameter.is_empty() {
        return Err(JoinError::Missing);
    }
    let bytes = BASE64.decode(parameter).map_err(|_| JoinError::Malformed)?;
    let wrapped = lk::WrappedJoinRequest::decode(&bytes[..]).map_err(|_| JoinError::Malformed)?;
    let plain = match wrapped.compression() {
        lk::wrapped_join_request::Compression::None => wrapped.join_request,
        lk::wrapped_join_request::Compression::Gzip => {
            let mut plain = Vec::new();
            let mut unpacked = GzDecoder::new(&wrapped.join_request[..]).take(MAX_JOIN + 1);
            unpacked.read_to_end(&mut plain).map_err(|_| JoinError::Malformed)?;
            if plain.len() as u64 > MAX_JOIN {
                return Err(JoinError::TooLong);
            }
            plain
        }
    };
    lk::JoinRequest::decode(&plain[..]).map_err(|_| JoinError::Malformed)
}
