#pragma once
// The worker is written for libsrtp's next release, whose lengths are size_t and which renamed the
// removal of a stream. Debian 12 has 2.5.
#include <srtp2/srtp.h>

#include <cstddef>

#define SRTP_WITH_SIZE(function)                                                              \
  inline srtp_err_status_t function(srtp_t session, void* data, size_t* length)               \
  {                                                                                           \
    int signedLength = static_cast<int>(*length);                                             \
    const srtp_err_status_t status = function(session, data, &signedLength);                  \
    *length = static_cast<size_t>(signedLength);                                              \
    return status;                                                                            \
  }

SRTP_WITH_SIZE(srtp_protect)
SRTP_WITH_SIZE(srtp_unprotect)
SRTP_WITH_SIZE(srtp_protect_rtcp)
SRTP_WITH_SIZE(srtp_unprotect_rtcp)
#undef SRTP_WITH_SIZE

inline srtp_err_status_t srtp_stream_remove(srtp_t session, unsigned int ssrc)
{
  return srtp_remove_stream(session, ssrc);
}
