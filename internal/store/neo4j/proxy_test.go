package neo4j_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between a store and the server, and does to the connection what a bad network does.
type proxy struct {
	url    string
	target string
	l      net.Listener

	mu     sync.Mutex
	conns  []net.Conn
	refuse bool          // new connections are closed at once
	hold   bool          // nothing passes any longer, and nobody is told
	delay  time.Duration // before what the server says passes
	onData func(toServer bool, data []byte) (cut bool)
	done   sync.WaitGroup
}

func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{url: "bolt://" + l.Addr().String(), target: strings.TrimPrefix(url, "bolt://"), l: l}
	p.done.Go(p.accept)
	t.Cleanup(func() {
		l.Close()
		p.cut()
		p.done.Wait()
	})
	return p
}

func (p *proxy) accept() {
	for {
		client, err := p.l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		refuse := p.refuse
		p.mu.Unlock()
		server, err := net.Dial("tcp", p.target)
		if refuse || err != nil {
			client.Close()
			if err == nil {
				server.Close()
			}
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		p.done.Go(func() { p.copy(server, client, true) })
		p.done.Go(func() { p.copy(client, server, false) })
	}
}

func (p *proxy) copy(to, from net.Conn, toServer bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		p.mu.Lock()
		hold, delay, onData := p.hold, p.delay, p.onData
		p.mu.Unlock()
		if onData != nil && onData(toServer, buffer[:n]) {
			return
		}
		if hold {
			_, _ = io.Copy(io.Discard, from) // until the connection is cut
			return
		}
		if !toServer && delay > 0 {
			time.Sleep(delay)
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// set changes how the proxy behaves.
func (p *proxy) set(change func(*proxy)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// cut closes all connections.
func (p *proxy) cut() {
	p.set(func(p *proxy) {
		for _, c := range p.conns {
			c.Close()
		}
		p.conns = nil
	})
}
