#ifndef ALOFT_SAMPLES_CZLIB_H
#define ALOFT_SAMPLES_CZLIB_H

#include <zlib.h>

// The usual spellings are macros with a cast or sizeof in them, which Swift does not see.
static inline int czlib_deflate_init(z_stream *stream, int level) {
    // 15 + 16: the largest window, in gzip format.
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int czlib_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}

#endif
