// hiredis as the Swift side wants to see it: one set of signatures for 0.14 and for 1.x.
//
// 0.14 passes array sizes as `int`, keeps its task stack inline and speaks RESP2 only;
// 1.x uses `size_t`, a stack of pointers and adds the RESP3 types.

#ifndef CHIREDIS_SHIM_H
#define CHIREDIS_SHIM_H

#include <stdlib.h>
#include <string.h>

// pkg-config points into the folder, a plain include path does not.
#if __has_include(<hiredis/hiredis.h>)
#include <hiredis/hiredis.h>
#else
#include <hiredis.h>
#endif

/// What a reader tells its owner. Each function returns 0 to refuse the reply, anything else to go on.
typedef struct chiredis_callbacks {
    void *context;
    int (*on_bytes)(void *context, int type, const char *bytes, size_t count);
    int (*on_array)(void *context, size_t count);
    int (*on_integer)(void *context, long long value);
    int (*on_nil)(void *context);
} chiredis_callbacks;

typedef struct chiredis_reader {
    redisReader *reader;
    redisReplyObjectFunctions functions;
    chiredis_callbacks callbacks;
} chiredis_reader;

// hiredis only asks that an object is not NULL; the values themselves are built by the callbacks.
static inline void *chiredis_token(const redisReadTask *task, int accepted) {
    return accepted ? task->privdata : NULL;
}

static inline void *chiredis_create_string(const redisReadTask *task, char *bytes, size_t count) {
    chiredis_callbacks *c = (chiredis_callbacks *)task->privdata;
    return chiredis_token(task, c->on_bytes(c->context, task->type, bytes, count));
}

static inline void *chiredis_create_integer(const redisReadTask *task, long long value) {
    chiredis_callbacks *c = (chiredis_callbacks *)task->privdata;
    return chiredis_token(task, c->on_integer(c->context, value));
}

static inline void *chiredis_create_nil(const redisReadTask *task) {
    chiredis_callbacks *c = (chiredis_callbacks *)task->privdata;
    return chiredis_token(task, c->on_nil(c->context));
}

#if HIREDIS_MAJOR < 1
static inline void *chiredis_create_array(const redisReadTask *task, int count) {
    chiredis_callbacks *c = (chiredis_callbacks *)task->privdata;
    return chiredis_token(task, c->on_array(c->context, count < 0 ? 0 : (size_t)count));
}
#else
static inline void *chiredis_create_array(const redisReadTask *task, size_t count) {
    chiredis_callbacks *c = (chiredis_callbacks *)task->privdata;
    return chiredis_token(task, c->on_array(c->context, count));
}

// Never asked for (the client does not send HELLO 3), but a NULL entry would leave the builder out of step.
static inline void *chiredis_create_double(const redisReadTask *task, double value, char *text, size_t count) {
    chiredis_callbacks *c = (chiredis_callbacks *)task->privdata;
    (void)value;
    return chiredis_token(task, c->on_bytes(c->context, REDIS_REPLY_STRING, text, count));
}

static inline void *chiredis_create_bool(const redisReadTask *task, int value) {
    return chiredis_create_integer(task, value);
}
#endif

static inline void chiredis_free_object(void *object) {
    (void)object;
}

static inline void chiredis_reader_free(chiredis_reader *r) {
    if (r == NULL) return;
    if (r->reader != NULL) redisReaderFree(r->reader);
    free(r);
}

/// NULL when there is no memory.
static inline chiredis_reader *chiredis_reader_create(chiredis_callbacks callbacks) {
    chiredis_reader *r = (chiredis_reader *)calloc(1, sizeof(chiredis_reader));
    if (r == NULL) return NULL;
    r->callbacks = callbacks;
    r->functions.createString = chiredis_create_string;
    r->functions.createArray = chiredis_create_array;
    r->functions.createInteger = chiredis_create_integer;
    r->functions.createNil = chiredis_create_nil;
#if HIREDIS_MAJOR >= 1
    r->functions.createDouble = chiredis_create_double;
    r->functions.createBool = chiredis_create_bool;
#endif
    r->functions.freeObject = chiredis_free_object;
    r->reader = redisReaderCreateWithFunctions(&r->functions);
    if (r->reader == NULL) {
        free(r);
        return NULL;
    }
    r->reader->privdata = &r->callbacks;
    return r;
}

static inline int chiredis_reader_feed(chiredis_reader *r, const void *bytes, size_t count) {
    return redisReaderFeed(r->reader, (const char *)bytes, count) == REDIS_OK;
}

/// 1: one reply was built; 0: more bytes are needed; -1: the stream is broken or a callback refused.
static inline int chiredis_reader_next(chiredis_reader *r) {
    void *reply = NULL;
    if (redisReaderGetReply(r->reader, &reply) != REDIS_OK) return -1;
    return reply != NULL ? 1 : 0;
}

static inline const char *chiredis_reader_error(const chiredis_reader *r) {
    return r->reader->errstr;
}

/// Bytes which are held for the item that is not yet complete.
static inline size_t chiredis_reader_buffered(const chiredis_reader *r) {
    return r->reader->len - r->reader->pos;
}

/// The announced size of the bulk string that the reader waits for, -1 when it waits for anything else.
static inline long long chiredis_reader_awaited_bulk(const chiredis_reader *r) {
    const redisReader *reader = r->reader;
    if (reader->ridx < 0) return -1;
#if HIREDIS_MAJOR < 1
    const int type = reader->rstack[reader->ridx].type;
#else
    const int type = reader->task[reader->ridx]->type;
#endif
    if (type != REDIS_REPLY_STRING) return -1;
    long long announced = 0;
    for (size_t i = reader->pos; i < reader->len; i++) {
        const char c = reader->buf[i];
        if (c == '\r') return announced;
        if (c < '0' || c > '9' || announced > (1LL << 56)) return -1;
        announced = announced * 10 + (c - '0');
    }
    return -1;
}

/// Encodes one command; the result belongs to the caller until `chiredis_format_free`. Negative when out of memory.
static inline long long chiredis_format(char **target, int argc, const char **argv, const size_t *lengths) {
    sds text = NULL;
    const long long count = (long long)redisFormatSdsCommandArgv(&text, argc, argv, lengths);
    *target = text;
    return count;
}

static inline void chiredis_format_free(char *text) {
    redisFreeSdsCommand(text);
}

#endif
