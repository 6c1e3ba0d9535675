package dev.freshet.config.unit;

/**
 * A text of a stranger's of which not too much may be looked at: {@value #MOST_LOOKS} characters, each look at one counting,
 * so that no regular expression takes long for it.
 */
final class CountedText implements CharSequence {

    private static final int MOST_LOOKS = 1_000_000;

    private final String text;
    private int looks;

    CountedText(String text) {
        this.text = text;
    }

    @Override
    public int length() {
        return text.length();
    }

    /** @throws TooManyLooksException when it was looked at too often */
    @Override
    public char charAt(int index) {
        if (++looks > MOST_LOOKS) {
            throw new TooManyLooksException();
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Says that a match was given up. */
    static final class TooManyLooksException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooManyLooksException() {
            super("match given up: it takes too long", null, false, false);
        }
    }
}
