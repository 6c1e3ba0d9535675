package dev.freshet.testbed.storage;

import dev.freshet.testbed.wire.Reply;
import java.time.Instant;

/** The refusals of S3, word for word. */
final class S3Error {

    private S3Error() {}

    static Reply expired(Instant expiry, Instant now) {
        return error(403, "AccessDenied", "Request has expired", "<Expires>" + expiry + "</Expires><ServerTime>" + now
                + "</ServerTime>");
    }

    static Reply wrongSignature() {
        return error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature"
                + " you provided. Check your key and signing method.", "");
    }

    static Reply unsigned() {
        return error(403, "AccessDenied", "Access Denied", "");
    }

    static Reply twoMechanisms() {
        return error(400, "InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query"
                + " parameter, Signature query string parameter or the Authorization header should be specified", "");
    }

    static Reply noSuchKey(String key) {
        return error(404, "NoSuchKey", "The specified key does not exist.", "<Key>" + key + "</Key>");
    }

    static Reply notAllowed(String method) {
        return error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.",
                "<Method>" + method + "</Method>");
    }

    private static Reply error(int status, String code, String message, String more) {
        return Reply.of(status, "application/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                + "</Code><Message>" + message + "</Message>" + more
                + "<RequestId>F8E2C5B3A1D40967</RequestId><HostId>testbed</HostId></Error>");
    }
}
