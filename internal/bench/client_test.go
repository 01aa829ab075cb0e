package bench

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

// client sends prepared requests over one kept connection. It shares the machine with the server it measures, so it reads no more of a
// response than where it ends and what it says.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// post is the bytes of a request that carries JSON to the GraphQL endpoint.
func post(body []byte) []byte {
	head := fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
	return append([]byte(head), body...)
}

// do sends a request and gives the body of its response, which is the client's until the next call. A response without a status of 200
// and a length is an error.
func (c *client) do(request []byte) ([]byte, error) {
	if _, err := c.conn.Write(request); err != nil {
		return nil, err
	}
	line, err := c.line()
	if err != nil {
		return nil, err
	}
	status := string(line) // a copy: the line is overwritten by the next
	length := -1
	for {
		if line, err = c.line(); err != nil {
			return nil, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, fmt.Errorf("saw %q without a length", status)
	}
	if length > cap(c.body) {
		c.body = make([]byte, 2*length)
	}
	c.body = c.body[:length]
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return nil, fmt.Errorf("saw %q: %.300s", status, c.body)
	}
	return c.body, nil
}

// line is one line of the head without its end, valid until the next read.
func (c *client) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

func TestClient(t *testing.T) {
	for _, test := range []struct{ name, response, body, err string }{
		{"body", "HTTP/1.1 200 OK\r\nX: y\r\ncontent-length: 4\r\n\r\nbody", "body", ""},
		{"empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", ""},
		{"refused", "HTTP/1.1 422 No\r\nContent-Length: 3\r\n\r\nwhy", "", `saw "HTTP/1.1 422 No": why`},
		{"no length", "HTTP/1.1 200 OK\r\n\r\n", "", `saw "HTTP/1.1 200 OK" without a length`},
		{"cut body", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo", "", "unexpected EOF"},
		{"cut head", "HTTP/1.1 200 OK\r\nContent-Len", "", "EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			near, far := net.Pipe()
			defer near.Close()
			request := post([]byte("{}"))
			go func() {
				defer far.Close()
				if _, err := io.ReadFull(far, make([]byte, len(request))); err == nil {
					_, _ = io.WriteString(far, test.response)
				}
			}()
			c := &client{conn: near, in: bufio.NewReader(near)}
			body, err := c.do(request)
			if string(body) != test.body || fmt.Sprint(err) != cmp.Or(test.err, "<nil>") {
				t.Errorf("saw %q and error %v, want %q and %q", body, err, test.body, test.err)
			}
		})
	}
}
